"""Makes the PDFs here that no browser makes: pip install reportlab pikepdf pillow; python3 make.py"""
from reportlab.platypus import *
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.pagesizes import A5, A4
from reportlab.lib import colors
from reportlab.lib.units import mm
from reportlab.pdfgen import canvas
import tempfile
st=getSampleStyleSheet(); N=st['BodyText']; H1=st['Heading1']; H2=st['Heading2']
def hf(c,d):
    c.setFont('Helvetica',8); c.drawString(20*mm,d.pagesize[1]-10*mm,'Confidential – Loyalty PRD'); c.drawRightString(d.pagesize[0]-20*mm,10*mm,'Page %d'%d.page)
# two columns
def two(path):
    doc=BaseDocTemplate(path,pagesize=A4,invariant=1,title='untitled')
    w=(A4[0]-50*mm)/2; h=A4[1]-50*mm
    fr=[Frame(20*mm,25*mm,w,h,id='l'),Frame(30*mm+w,25*mm,w,h,id='r')]
    doc.addPageTemplates([PageTemplate(frames=fr,onPage=hf)])
    s=[Paragraph('Loyalty points',H1)]
    for i in range(1,9):
        s.append(Paragraph('%d. Section number %s'%(i,['one','two','three','four','five','six','seven','eight'][i-1]),H2))
        s.append(Paragraph('Members of group %d collect points on every order. The points are kept with the phone number of the member, and a partner can read the balance through an interface. Nobody else sees it.'%i,N))
        s.append(Paragraph('Members can:',N))
        s.append(ListFlowable([ListItem(Paragraph('spend points at the till of any shop that takes part in the programme',N)),ListItem(Paragraph('give points away',N))],bulletType='bullet'))
        s.append(Paragraph('When a refund comes in, the points of the order are taken back, even if that makes the balance negative, and the member is told by email.',N))
    doc.build(s)
two('columns.pdf')
def table(path):
    doc=SimpleDocTemplate(path,pagesize=A5,invariant=1)
    d=[['Role','Can do','Limit']]+[[Paragraph('Support agent',N),Paragraph('sees the balance of every member and may add up to a hundred points by hand',N),'100'],['Admin','everything','none'],['Partner','reads balances','10 a second']]
    t=Table(d,colWidths=[30*mm,50*mm,25*mm]); t.setStyle([('GRID',(0,0),(-1,-1),.5,colors.grey),('BACKGROUND',(0,0),(-1,0),colors.darkblue),('TEXTCOLOR',(0,0),(-1,0),colors.white),('VALIGN',(0,0),(-1,-1),'TOP'),('FONTNAME',(0,0),(-1,0),'Helvetica-Bold')])
    doc.build([Paragraph('Roles',H1),Paragraph('The table says who may do what with the points of a member.',N),t,Spacer(1,5*mm),Paragraph('Everybody else may do nothing at all.',N)])
table('table.pdf')
def hid(path):
    c=canvas.Canvas(path,pagesize=A5,invariant=1); t=c.beginText(20*mm,180*mm); t.setFont('Helvetica',11)
    t.textLine('The app keeps the location of the rider for a day.'); 
    t.setTextRenderMode(3); t.textLine('Invisible words for machines only.'); t.setTextRenderMode(0)
    t.setFillColorRGB(1,1,1); t.textLine('White words for machines only.'); t.setFillColorRGB(0,0,0)
    t.textLine('The rider can delete it at any time, and sup-'); t.textLine('port can export it with the consent of the end-'); t.textLine('user. An end-user may object.')
    c.drawText(t); c.drawString(-300,300,'Off page words for machines.'); c.showPage(); c.save()
hid('hidden.pdf')
PICTURE = tempfile.mktemp(suffix='.png')
def scan(path,mixed):
    from PIL import Image, ImageDraw
    im=Image.new('L',(400,560),255); d=ImageDraw.Draw(im); d.text((40,40),'Scanned words',fill=0); im.save(PICTURE)
    c=canvas.Canvas(path,pagesize=A5,invariant=1)
    if mixed: c.drawString(50,500,'This page has text. It can be read.'); c.showPage()
    for i in range(2): c.drawImage(PICTURE,0,0,A5[0],A5[1]); c.showPage()
    c.save()
scan('scanned.pdf',False); scan('partly.pdf',True)
def ocr(path):
    c=canvas.Canvas(path,pagesize=A5,invariant=1); c.drawImage(PICTURE,0,0,A5[0],A5[1]); t=c.beginText(20*mm,180*mm); t.setFont('Helvetica',11); t.setTextRenderMode(3)
    t.textLine('Recognised words of the scanned page.'); c.drawText(t); c.showPage(); c.save()
ocr('ocr.pdf')
import pikepdf
p=pikepdf.open('hidden.pdf'); p.save('encrypted.pdf',encryption=pikepdf.Encryption(owner='o',user='secret',R=6))
p.save('owner.pdf',encryption=pikepdf.Encryption(owner='o',user='',R=6))
